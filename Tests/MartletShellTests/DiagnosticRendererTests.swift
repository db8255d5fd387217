// Golden texts of errors.
import Testing
