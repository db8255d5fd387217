// Line editing through libedit: see the header.

#include "CLineEditing.h"

#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct martlet_editor {
    EditLine *line;
    History *history;
    char *prompt;
    int interrupted;
    martlet_complete complete;
    void *context;
};

static martlet_editor *editor_of(EditLine *line)
{
    void *data = NULL;
    el_get(line, EL_CLIENTDATA, &data);
    return data;
}

static char *prompt_of(EditLine *line)
{
    martlet_editor *editor = editor_of(line);
    return editor && editor->prompt ? editor->prompt : (char *)"";
}

static unsigned char on_interrupt(EditLine *line, int key)
{
    (void)key;
    martlet_editor *editor = editor_of(line);
    if (editor) editor->interrupted = 1;
    fputs("^C\n", stdout);
    fflush(stdout);
    return CC_EOF;
}

static unsigned char on_suspend(EditLine *line, int key)
{
    (void)key;
    el_set(line, EL_PREP_TERM, 0);
    kill(0, SIGTSTP);
    el_set(line, EL_PREP_TERM, 1);
    return CC_REDISPLAY;
}

static unsigned char on_complete(EditLine *line, int key)
{
    (void)key;
    martlet_editor *editor = editor_of(line);
    const LineInfo *info = el_line(line);
    if (!editor || !editor->complete || !info) return CC_ERROR;
    martlet_completion result =
        editor->complete(editor->context, info->buffer, (size_t)(info->cursor - info->buffer));
    int changed = 0;
    if (result.delete_count > 0) {
        el_deletestr(line, result.delete_count);
        changed = 1;
    }
    if (result.insertion && result.insertion[0] != '\0') {
        if (el_insertstr(line, result.insertion) == 0) changed = 1;
    }
    if (result.wrote) return CC_REDISPLAY;
    return changed ? CC_REFRESH : CC_REFRESH_BEEP;
}

martlet_editor *martlet_editor_open(const char *program, int history_limit, martlet_complete complete, void *context)
{
    // Without a UTF-8 locale libedit would take the bytes of a letter apart.
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    martlet_editor *editor = calloc(1, sizeof *editor);
    if (!editor) return NULL;
    editor->complete = complete;
    editor->context = context;
    editor->line = el_init(program, stdin, stdout, stderr);
    editor->history = history_init();
    if (!editor->line || !editor->history) {
        martlet_editor_close(editor);
        return NULL;
    }
    HistEvent event;
    history(editor->history, &event, H_SETSIZE, history_limit);
    history(editor->history, &event, H_SETUNIQUE, 1);
    el_set(editor->line, EL_CLIENTDATA, editor);
    el_set(editor->line, EL_EDITOR, "emacs");
    el_set(editor->line, EL_SIGNAL, 0);
    el_set(editor->line, EL_PROMPT, prompt_of);
    el_set(editor->line, EL_HIST, history, editor->history);
    el_set(editor->line, EL_ADDFN, "martlet-interrupt", "Throw the line away", on_interrupt);
    el_set(editor->line, EL_ADDFN, "martlet-suspend", "Stop the process", on_suspend);
    el_set(editor->line, EL_ADDFN, "martlet-complete", "Complete the word", on_complete);
    el_source(editor->line, NULL);
    // While a line is edited Ctrl-C is a key; while a statement runs it is a signal.
    el_set(editor->line, EL_SETTY, "-d", "-isig", NULL);
    el_set(editor->line, EL_BIND, "^C", "martlet-interrupt", NULL);
    el_set(editor->line, EL_BIND, "^Z", "martlet-suspend", NULL);
    el_set(editor->line, EL_BIND, "^I", "martlet-complete", NULL);
    // What Ctrl-D becomes that was typed just before the prompt; libedit would take the key after it literally.
    el_set(editor->line, EL_BIND, "^@", "em-set-mark", NULL);
    el_set(editor->line, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_set(editor->line, EL_BIND, "\\e[3~", "ed-delete-next-char", NULL);
    el_set(editor->line, EL_BIND, "\\e[1~", "ed-move-to-beg", NULL);
    el_set(editor->line, EL_BIND, "\\e[4~", "ed-move-to-end", NULL);
    return editor;
}

void martlet_editor_close(martlet_editor *editor)
{
    if (!editor) return;
    if (editor->line) el_end(editor->line);
    if (editor->history) history_end(editor->history);
    free(editor->prompt);
    free(editor);
}

void martlet_editor_set_prompt(martlet_editor *editor, const char *prompt)
{
    char *copy = strdup(prompt);
    if (!copy) return;
    free(editor->prompt);
    editor->prompt = copy;
}

martlet_line_status martlet_editor_read(martlet_editor *editor, const char **line, int *length)
{
    editor->interrupted = 0;
    *length = 0;
    *line = el_gets(editor->line, length);
    if (editor->interrupted) {
        el_reset(editor->line);
        return MARTLET_LINE_INTERRUPTED;
    }
    return *line && *length > 0 ? MARTLET_LINE_READ : MARTLET_LINE_END;
}

void martlet_editor_add_history(martlet_editor *editor, const char *entry)
{
    HistEvent event;
    history(editor->history, &event, H_ENTER, entry);
}
