/* Small files of the kernel (cgroups, /proc), read and written in one call each. */
#ifndef KILN_FILES_H
#define KILN_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Each opens the file anew beneath `directory`; relative paths only, but for AT_FDCWD. All return 0 or more, or a
 * negative errno. */

/* Reads at most size - 1 bytes and terminates them; returns how many. */
int file_read(int directory, const char *path, char *buffer, size_t size);

int file_write(int directory, const char *path, const char *text);

/* The file's first number; "max" is UINT64_MAX. */
int file_read_number(int directory, const char *path, uint64_t *value);

/* The number behind `key` in a file of lines "key number"; -ENOENT where no line has the key. */
int file_read_key(int directory, const char *path, const char *key, uint64_t *value);

#endif
