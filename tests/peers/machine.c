/* A machine whose clocks and disk go wrong when told: put before libc by LD_PRELOAD (machine.py).
 *
 * What is told lies in a file that both sides have mapped, so that it takes effect at once. CLOCK_MONOTONIC
 * is left as it is: it is what sleeps and timeouts go by, and it stands still in suspend.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct told {
    int64_t wall_s, boot_s;           /* added to CLOCK_REALTIME, and to CLOCK_BOOTTIME */
    int32_t write_errno, sync_errno;  /* 0: the disk is in order */
    char files[1024];                 /* a pattern as of fnmatch(3), for whole paths */
};

static const volatile struct told *told;

__attribute__((constructor)) static void listen_to(void)
{
    const char *path = getenv("HOUSEFULL_TEST_MACHINE");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *told, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0)
        close(file);
    if (mapped == MAP_FAILED) {
        fputs("machine.c: HOUSEFULL_TEST_MACHINE names no file that can be mapped\n", stderr);
        abort();
    }
    told = mapped;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    long failed = syscall(SYS_clock_gettime, clock, now);
    if (failed || !told)
        return (int)failed;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec += told->wall_s;
    else if (clock == CLOCK_BOOTTIME)
        now->tv_sec += told->boot_s;
    return 0;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *also)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (also)
        *also = exact.tv_sec;
    return exact.tv_sec;
}

/* Whether a call on this file is to fail with `wanted`; errno is set then. */
static int fails(int file, int32_t wanted)
{
    char link[64], path[PATH_MAX];
    if (!told || !wanted)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (fnmatch((const char *)told->files, path, 0) != 0)
        return 0;
    errno = wanted;
    return 1;
}

static int32_t on_write(void) { return told ? told->write_errno : 0; }
static int32_t on_sync(void) { return told ? told->sync_errno : 0; }

ssize_t write(int file, const void *data, size_t size)
{
    return fails(file, on_write()) ? -1 : syscall(SYS_write, file, data, size);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    return fails(file, on_write()) ? -1 : syscall(SYS_pwrite64, file, data, size, at);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at) { return pwrite64(file, data, size, at); }

int ftruncate64(int file, off64_t size) { return fails(file, on_write()) ? -1 : (int)syscall(SYS_ftruncate, file, size); }

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

/* A sync that fails: what was written stays in the page cache, readable, and may or may not be on the disk. */
int fsync(int file) { return fails(file, on_sync()) ? -1 : (int)syscall(SYS_fsync, file); }

int fdatasync(int file) { return fails(file, on_sync()) ? -1 : (int)syscall(SYS_fdatasync, file); }
