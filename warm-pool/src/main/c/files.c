#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES 8192

int file_read(int directory, const char *path, char *buffer, size_t size)
{
    int file = openat(directory, path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    ssize_t length = 0;
    while ((size_t)length < size - 1) {
        ssize_t some = read(file, buffer + length, size - 1 - (size_t)length);
        if (some < 0) {
            int error = errno;
            close(file);
            return -error;
        }
        if (some == 0)
            break;
        length += some;
    }
    close(file);
    buffer[length] = '\0';
    return (int)length;
}

int file_write(int directory, const char *path, const char *text)
{
    int file = openat(directory, path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    int result = write(file, text, strlen(text)) < 0 ? -errno : 0;
    close(file);
    return result;
}

static int number_of(const char *text, uint64_t *value)
{
    if (strncmp(text, "max", 3) == 0) {
        *value = UINT64_MAX;
        return 0;
    }
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno != 0 || end == text ? -EINVAL : 0;
}

int file_read_number(int directory, const char *path, uint64_t *value)
{
    char text[64];
    int length = file_read(directory, path, text, sizeof text);
    return length < 0 ? length : number_of(text, value);
}

int file_read_key(int directory, const char *path, const char *key, uint64_t *value)
{
    char text[FILE_BYTES];
    int length = file_read(directory, path, text, sizeof text);
    if (length < 0)
        return length;
    size_t key_length = strlen(key);
    for (char *line = text; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, key_length) == 0 && line[key_length] == ' ')
            return number_of(line + key_length + 1, value);
    }
    return -ENOENT;
}
