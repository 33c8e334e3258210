package io.girok.network;

import io.girok.base.FileSlice;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/// File slices as Netty sends them: by `sendfile` where the slice lies in a real file, otherwise through the slice's
/// own transfer. The slice is released once it is sent, or when the connection is gone.
final class FileRegions {
    private FileRegions() {}

    static FileRegion of(FileSlice slice) {
        return slice.channel() instanceof FileChannel file
                ? new KernelRegion(slice, file)
                : new CopiedRegion(slice);
    }

    /// Netty's native transport takes the file descriptor out of this very class; what it is given it would close, but
    /// the file belongs to the log.
    private static final class KernelRegion extends DefaultFileRegion {
        private final FileSlice slice;

        KernelRegion(FileSlice slice, FileChannel file) {
            super(file, slice.position(), slice.size());
            this.slice = slice;
        }

        @Override
        protected void deallocate() {
            slice.release();
        }
    }

    /// For disks that are not the machine's.
    private static final class CopiedRegion extends AbstractReferenceCounted implements FileRegion {
        private final FileSlice slice;
        private long transferred;

        CopiedRegion(FileSlice slice) {
            this.slice = slice;
        }

        @Override
        public long position() {
            return slice.position();
        }

        @Override
        public long count() {
            return slice.size();
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long transferTo(WritableByteChannel target, long from) throws IOException {
            long count = slice.transferTo(from, slice.size() - from, target);
            if (0 < count) {
                transferred += count;
            } else if (from < slice.size() && slice.read(ByteBuffer.allocate(1), (int) from) == 0) {
                throw new EOFException("a file ends at position " + (slice.position() + from) + ", "
                        + (slice.size() - from) + " bytes before the end of what is being sent from it");
            }
            return count;
        }

        @Override
        protected void deallocate() {
            slice.release();
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }
    }
}
