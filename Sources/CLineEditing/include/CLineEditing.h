// Line editing through libedit, without the variadic calls that Swift cannot make.

#ifndef MARTLET_LINE_EDITING_H
#define MARTLET_LINE_EDITING_H

#include <stddef.h>

typedef struct martlet_editor martlet_editor;

typedef enum {
    MARTLET_LINE_READ,
    // Ctrl-C: what was typed is to be thrown away.
    MARTLET_LINE_INTERRUPTED,
    MARTLET_LINE_END,
} martlet_line_status;

// What a completion does to the line: characters to delete before the cursor, a text to insert (may be NULL), and whether
// the callback wrote to the screen, so that prompt and line have to be drawn again.
typedef struct {
    int delete_count;
    const char *insertion;
    int wrote;
} martlet_completion;

// `line` is UTF-8 of `length` bytes up to the cursor. The insertion must live until the next call.
typedef martlet_completion (*martlet_complete)(void *context, const char *line, size_t length);

// An editor on standard input and output; NULL if the terminal cannot be used.
martlet_editor *martlet_editor_open(const char *program, int history_limit, martlet_complete complete, void *context);
void martlet_editor_close(martlet_editor *editor);

// The prompt is copied.
void martlet_editor_set_prompt(martlet_editor *editor, const char *prompt);

// Reads a line with its line break; the text is valid until the next call.
martlet_line_status martlet_editor_read(martlet_editor *editor, const char **line, int *length);

void martlet_editor_add_history(martlet_editor *editor, const char *entry);

#endif
