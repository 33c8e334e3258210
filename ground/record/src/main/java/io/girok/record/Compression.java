package io.girok.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;

/// How the records of a batch are packed; ids and streams are Kafka's, so that any client reads what Girok packs and
/// the other way round. Immutable.
///
/// A codec's native library is loaded with the first batch that needs it, never at start.
public enum Compression {
    NONE(0, 0, 0, 0), GZIP(1, 1, 9, -1), SNAPPY(2, 0, 0, 0), LZ4(3, 1, 17, 9), ZSTD(4, -131_072, 22, 3);

    private static final Compression[] BY_ID = values();

    private final int id;
    private final int minLevel;
    private final int maxLevel;
    private final int defaultLevel;

    Compression(int id, int minLevel, int maxLevel, int defaultLevel) {
        this.id = id;
        this.minLevel = minLevel;
        this.maxLevel = maxLevel;
        this.defaultLevel = defaultLevel;
    }

    /// @throws InvalidBatch when nobody knows the id
    public static Compression ofId(int id) {
        if (isKnown(id)) {
            return BY_ID[id];
        }
        throw new InvalidBatch(InvalidReason.UNKNOWN_COMPRESSION, "unknown compression id " + id);
    }

    /// By its name in settings; empty for any other text (`producer` and `uncompressed` are the caller's to know).
    public static Optional<Compression> ofLabel(String label) {
        for (Compression compression : BY_ID) {
            if (compression.label().equals(label)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    static boolean isKnown(int id) {
        return 0 <= id && id < BY_ID.length;
    }

    /// The number in a batch's attributes.
    public int id() {
        return id;
    }

    /// The name in settings: `none`, `gzip`, `snappy`, `lz4`, `zstd`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public int minLevel() {
        return minLevel;
    }

    public int maxLevel() {
        return maxLevel;
    }

    public int defaultLevel() {
        return defaultLevel;
    }

    /// Whether the codec takes `level`; its default counts also where it lies outside min and max (gzip's -1).
    public boolean isLevel(int level) {
        return level == defaultLevel || (minLevel <= level && level <= maxLevel);
    }

    /// A stream that packs into `target`; closing it ends the packed form and frees the codec's memory.
    OutputStream pack(OutputStream target, int level) throws IOException {
        return switch (this) {
            case NONE -> target;
            case GZIP -> Codecs.packGzip(target, level);
            case SNAPPY -> Codecs.packSnappy(target);
            case LZ4 -> Codecs.packLz4(target, level);
            case ZSTD -> Codecs.packZstd(target, level);
        };
    }

    /// A stream that unpacks what remains in `packed`. Its reads may throw any [RuntimeException] of the codec beside
    /// [IOException]; it must be closed.
    InputStream unpack(ByteBuffer packed) throws IOException {
        InputStream source = new BufferInputStream(packed);
        return switch (this) {
            case NONE -> source;
            case GZIP -> Codecs.unpackGzip(source);
            case SNAPPY -> new SnappyInputStream(packed);
            case LZ4 -> Codecs.unpackLz4(source);
            case ZSTD -> Codecs.unpackZstd(source);
        };
    }
}
