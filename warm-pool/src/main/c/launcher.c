#define _GNU_SOURCE
#include <string.h>

#include "describe.h"
#include "report.h"

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "--describe") == 0)
        return describe();
    report("usage: launcher --describe");
    return 2;
}
