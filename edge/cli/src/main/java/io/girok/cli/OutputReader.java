package io.girok.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Whoever reads our standard output through a pipe. Owned by the command's thread.
///
/// A command that waits for records writes nothing, so it would never learn that `| head` is long done. The kernel
/// knows:
/// `poll(2)` reports an error on the pipe's writing end once the last reader has closed it. Where there is no pipe,
/// or no
/// `poll`, the reader is taken to be there.
final class OutputReader {
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final int STANDARD_OUTPUT_FILE = 1;
    /// `struct pollfd`: int fd, short events, short revents.
    private static final int POLL_BYTES = 8;
    private static final int RETURNED_EVENTS_AT = 6;
    private static final int POLLERR = 8;

    private final @Nullable MethodHandle poll;

    private OutputReader(@Nullable MethodHandle poll) {
        this.poll = poll;
    }

    static OutputReader ofStandardOutput() {
        try {
            boolean isPipe = Files.readSymbolicLink(STANDARD_OUTPUT).toString().startsWith("pipe:");
            return new OutputReader(isPipe ? poll() : null);
        } catch (IOException | UnsupportedOperationException e) {
            return new OutputReader(null);
        }
    }

    /// Restricted by the JDK because a wrong signature may crash the process; this one is the C library's.
    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle poll() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("poll")
                .map(
                        symbol -> linker.downcallHandle(
                                symbol,
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT)))
                .orElse(null);
    }

    /// Whether nobody will ever read what is written from now on.
    boolean isGone() {
        if (poll == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(POLL_BYTES, Integer.BYTES);
            request.set(ValueLayout.JAVA_INT, 0, STANDARD_OUTPUT_FILE);
            int ready = (int) poll.invokeExact(request, 1L, 0);
            return 0 < ready && (request.get(ValueLayout.JAVA_SHORT, RETURNED_EVENTS_AT) & POLLERR) != 0;
        } catch (Throwable e) {
            throw new IllegalStateException("poll(2) on standard output failed", e);
        }
    }
}
