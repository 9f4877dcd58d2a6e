/* Makes a process that stays in its control groups when it is killed: its tracer, which is this program, holds it at its
 * exit. Prints the process's pid, and lets it end when its own standard input ends. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(void)
{
    char end;
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    if (child < 0 || ptrace(PTRACE_SEIZE, child, NULL, PTRACE_O_TRACEEXIT) != 0) {
        perror("hold a process");
        return 1;
    }
    printf("%d\n", child);
    fflush(stdout);
    /* A tracer that ends lets go of what it traces. */
    return read(STDIN_FILENO, &end, 1) == 0 ? 0 : 1;
}
