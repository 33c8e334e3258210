package io.girok.record;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyOutputStream;

/// The codec libraries, set up as Kafka's clients expect them. Stateless.
final class Codecs {
    private static final int STREAM_BUFFER_BYTES = 8 * 1024;
    private static final long UNKNOWN_SIZE = -1;
    private static final int MAX_EMPTY_MEMBERS = 100;

    private Codecs() {}

    static OutputStream packGzip(OutputStream target, int level) throws IOException {
        return new GZIPOutputStream(target, STREAM_BUFFER_BYTES) {
            {
                def.setLevel(level);
            }
        };
    }

    /// The JDK's reader calls itself for each member of joined ones that unpacks to nothing: 20 bytes of input take a
    /// hundred of the stack, and a batch of a MiB ended with a StackOverflowError.
    static InputStream unpackGzip(InputStream packed) throws IOException {
        return new GZIPInputStream(packed, STREAM_BUFFER_BYTES) {
            private int emptyMembers;

            @Override
            public int read(byte[] into, int start, int count) throws IOException {
                if (MAX_EMPTY_MEMBERS < emptyMembers) {
                    throw new IOException("more than " + MAX_EMPTY_MEMBERS + " empty gzip members follow each other");
                }
                emptyMembers++;
                int read = super.read(into, start, count);
                emptyMembers = 0;
                return read;
            }
        };
    }

    static OutputStream packSnappy(OutputStream target) {
        return new SnappyOutputStream(target);
    }

    /// Independent blocks of 64 KiB without checksums, which every Kafka client can read. As in Kafka, the default
    /// level means the fast compressor, any other the thorough one.
    static OutputStream packLz4(OutputStream target, int level) throws IOException {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        boolean isFast = level == Compression.LZ4.defaultLevel();
        LZ4Compressor compressor = isFast ? factory.fastCompressor() : factory.highCompressor(level);
        return new LZ4FrameOutputStream(
                target,
                LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
                UNKNOWN_SIZE,
                compressor,
                XXHashFactory.fastestInstance().hash32(),
                LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
    }

    /// One frame and nothing after it: Apache Kafka's consumers read no further, and the library reserves two blocks of
    /// up to 4 MiB for each frame, however little is in it.
    static InputStream unpackLz4(InputStream packed) throws IOException {
        return new LZ4FrameInputStream(packed, true) {
            @Override
            public int read(byte[] into, int start, int count) throws IOException {
                int read = super.read(into, start, count);
                if (read < 0 && 0 < packed.available()) {
                    throw new IOException(packed.available() + " bytes follow the LZ4 frame");
                }
                return read;
            }
        };
    }

    static OutputStream packZstd(OutputStream target, int level) throws IOException {
        return new ZstdOutputStreamNoFinalizer(target, level);
    }

    /// The library reserves the window that the frame's header asks for, at most 128 MiB of address space, which
    /// becomes memory only as it is filled. Kafka's highest level asks for all of it, so it can't be bound further.
    static InputStream unpackZstd(InputStream packed) throws IOException {
        return new ZstdInputStreamNoFinalizer(packed);
    }
}
