package io.girok.base;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.random.RandomGenerator;

/// The 128-bit identity of a topic (also of a log directory), written as 22 characters of URL-safe Base64, as in Kafka.
/// Immutable.
public record TopicId(long high, long low) implements Comparable<TopicId> {
    /// Stands for "no id".
    public static final TopicId ZERO = new TopicId(0, 0);

    /// @throws IllegalArgumentException when `text` is not the Base64 of 16 bytes
    public static TopicId parse(String text) {
        byte[] bytes = text.length() <= 24 ? Base64.getUrlDecoder().decode(text) : new byte[0];
        if (bytes.length != 16) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an id: 22 characters of URL-safe Base64 expected");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new TopicId(buffer.getLong(), buffer.getLong());
    }

    /// A new one, different from all others. Without a leading dash, since ids are seen on command lines.
    public static TopicId random(RandomGenerator random) {
        TopicId id = new TopicId(random.nextLong(), random.nextLong());
        return id.isZero() || id.toString().startsWith("-") ? random(random) : id;
    }

    public boolean isZero() {
        return high == 0 && low == 0;
    }

    @Override
    public int compareTo(TopicId other) {
        int byHigh = Long.compare(high, other.high);
        return byHigh != 0 ? byHigh : Long.compare(low, other.low);
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
