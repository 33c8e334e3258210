/*
 * Preloaded into a broker by FaultyDisk: makes the disk slow, or has it fail below a directory, as the file that
 * FAULTY_DISK_ORDERS names says at the time of each sync:
 *
 *   slow MILLISECONDS
 *   fail DIRECTORY
 *
 * Once that has come about, there is a file of that name with ".done" behind it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static void read_orders(char *orders, size_t size) {
    orders[0] = 0;
    const char *path = getenv("FAULTY_DISK_ORDERS");
    int fd = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    ssize_t count = read(fd, orders, size - 1);
    orders[count < 0 ? 0 : count] = 0;
    close(fd);
    orders[strcspn(orders, "\n")] = 0;
}

static int is_below(int fd, const char *directory) {
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t count = readlink(link, path, sizeof path - 1);
    if (count < 0) {
        return 0;
    }
    path[count] = 0;
    return strncmp(path, directory, strlen(directory)) == 0;
}

static void tell(void) {
    char done[PATH_MAX];
    snprintf(done, sizeof done, "%s.done", getenv("FAULTY_DISK_ORDERS"));
    int fd = open(done, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (0 <= fd) {
        close(fd);
    }
}

/* Answers whether the sync is to fail. */
static int misfortune(int fd) {
    char orders[PATH_MAX];
    read_orders(orders, sizeof orders);
    int is_slow = strncmp(orders, "slow ", 5) == 0;
    int fails = strncmp(orders, "fail ", 5) == 0 && is_below(fd, orders + 5);
    if (is_slow) {
        long ms = strtol(orders + 5, NULL, 10);
        struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
        nanosleep(&pause, NULL);
    }
    if (is_slow || fails) {
        tell();
    }
    return fails;
}

static int sync_by(const char *name, int fd) {
    if (misfortune(fd)) {
        errno = EIO;
        return -1;
    }
    int (*real)(int) = (int (*)(int)) dlsym(RTLD_NEXT, name);
    return real(fd);
}

int fsync(int fd) {
    return sync_by("fsync", fd);
}

int fdatasync(int fd) {
    return sync_by("fdatasync", fd);
}
