/*
 * The seccomp filters, compiled at build time from seccomp/profile.txt. The large one is installed once, in a zygote,
 * and inherited; the small one denies what only *enter* needed, in each child. 0 or a negative errno.
 */
#ifndef KILN_FILTER_H
#define KILN_FILTER_H

int filter_install_zygote(void);
int filter_install_sandbox(void);

/* The gateway's and Redis', before they are executed. */
int filter_install_service(void);

#endif
