/* What this host can enforce, asked of the host itself. */
#ifndef KILN_DOCTOR_H
#define KILN_DOCTOR_H

#include <stdbool.h>

/* Prints a line "<name> <ok|degraded|missing> <detail>" for each thing that matters, with what to do where something is
 * amiss. Returns the exit status: 1 if something without which Kiln does not start is missing. */
int doctor(void);

/* At a start: reports what is degraded or missing. False if something is missing. */
bool doctor_agrees(void);

#endif
