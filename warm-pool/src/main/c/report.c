#define _GNU_SOURCE
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 2048

static const char *speaker = "launcher";

void report_as(const char *name)
{
    speaker = name;
}

void report(const char *format, ...)
{
    char line[LINE_BYTES];
    int length = snprintf(line, sizeof line, "%s: ", speaker);
    va_list arguments;
    va_start(arguments, format);
    length += vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = (int)sizeof line - 2;
    line[length] = '\n';
    ssize_t written = write(STDERR_FILENO, line, (size_t)length + 1);
    (void)written; /* there is nowhere else to say it */
}

int report_failure(const char *step, const char *object, int error)
{
    report("%s %s: %s (%s)", step, object, strerrorname_np(error), strerror(error));
    return -error;
}
