/* One line on standard error for what an operator has to know, written with one call so that lines of several
 * processes do not mix. Never used for what a message of the gateway caused: that is answered, not logged. */
#ifndef KILN_REPORT_H
#define KILN_REPORT_H

/* Which process speaks, in front of every line; "launcher" until set. */
void report_as(const char *name);

void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "launcher: <step> <object>: <what the errno means>". Returns -error, so that a step can return it upward. */
int report_failure(const char *step, const char *object, int error);

#endif
