package io.girok.base;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// Linux' `syncfs`, which the JDK has no method for: what thousands of files would each be synced for, it does at one
/// go. Thread-safe.
final class FileSystemSync {
    private static final int READ_ONLY = 0;
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR_NUMBER = STATE.varHandle(PathElement.groupElement("errno"));

    private final MethodHandle open;
    private final MethodHandle syncfs;
    private final MethodHandle close;

    private FileSystemSync(MethodHandle open, MethodHandle syncfs, MethodHandle close) {
        this.open = open;
        this.syncfs = syncfs;
        this.close = close;
    }

    /// Empty where the C library has no `syncfs`.
    @SuppressWarnings("restricted") // Calling C is the point; the launcher allows it.
    static Optional<FileSystemSync> find() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> syncfs = linker.defaultLookup().find("syncfs");
        Optional<MemorySegment> open = linker.defaultLookup().find("open");
        Optional<MemorySegment> close = linker.defaultLookup().find("close");
        if (syncfs.isEmpty() || open.isEmpty() || close.isEmpty()) {
            return Optional.empty();
        }
        FunctionDescriptor ofDescriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        FunctionDescriptor ofPath = FunctionDescriptor
                .of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        return Optional.of(
                new FileSystemSync(linker.downcallHandle(open.get(), ofPath, ERRNO, Linker.Option.firstVariadicArg(2)),
                        linker.downcallHandle(syncfs.get(), ofDescriptor, ERRNO),
                        linker.downcallHandle(close.get(), ofDescriptor, ERRNO)));
    }

    /// Syncs the file system that holds `directory`.
    ///
    /// @throws SyncFailed when that fails; where the directory cannot be opened, nothing was tried
    void sync(Path directory) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment name = arena.allocateFrom(directory.toAbsolutePath().toString());
            int descriptor = (int) open.invokeExact(state, name, READ_ONLY);
            if (descriptor < 0) {
                throw new IOException("opening '" + directory + "' for a sync failed: errno " + errorNumber(state));
            }
            try {
                if ((int) syncfs.invokeExact(state, descriptor) != 0) {
                    throw new SyncFailed("sync of the file system that holds '" + directory + "' failed: errno "
                            + errorNumber(state), null);
                }
            } finally {
                // Nothing was written through it: its failure means nothing.
                int _ = (int) close.invokeExact(state, descriptor);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a call of the C library cannot throw", e);
        }
    }

    private static int errorNumber(MemorySegment state) {
        return (int) ERROR_NUMBER.get(state, 0L);
    }
}
