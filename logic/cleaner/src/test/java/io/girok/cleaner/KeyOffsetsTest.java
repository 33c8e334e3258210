package io.girok.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class KeyOffsetsTest {
    @Test
    void theHashIsThatOfThePaper() {
        // The reference's vectors: key 00..0f, message 00..(n-1).
        KeyHash hash = new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        byte[] message = new byte[16];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }

        hash.hash(message, 0, 0);

        assertThat(Long.reverseBytes(hash.low())).isEqualTo(0xa3817f04ba25a8e6L);
        assertThat(Long.reverseBytes(hash.high())).isEqualTo(0x6df67214c7550293L);

        hash.hash(message, 0, 1);

        assertThat(Long.reverseBytes(hash.low())).isEqualTo(0xda87c1d86b99af44L);
        assertThat(Long.reverseBytes(hash.high())).isEqualTo(0x347659119b22fc45L);
    }

    @Test
    void theLastOffsetOfEachKeyIsKnownHoweverOftenTheTableGrows() {
        try (KeyOffsets offsets = new KeyOffsets(24 * 1_000_000, 0.9, new KeyHash(1, 2))) {
            for (int round = 0; round < 2; round++) {
                for (int key = 0; key < 200_000; key++) {
                    assertThat(put(offsets, key, 1_000_000L * round + key))
                            .isEqualTo(round == 0 ? KeyOffsets.NONE : key);
                }
            }

            assertThat(offsets.count()).isEqualTo(200_000);
            for (int key = 0; key < 200_000; key++) {
                assertThat(get(offsets, key)).isEqualTo(1_000_000L + key);
            }
            assertThat(get(offsets, 200_000)).isEqualTo(-1);
        }
    }

    @Test
    void aFullTableTakesKnownKeysOnly() {
        try (KeyOffsets offsets = new KeyOffsets(24 * 10, 0.5, new KeyHash(1, 2))) {
            for (int key = 0; key < 5; key++) {
                assertThat(put(offsets, key, key)).isEqualTo(KeyOffsets.NONE);
            }

            assertThat(put(offsets, 5, 5)).isEqualTo(KeyOffsets.NO_ROOM);
            assertThat(put(offsets, 4, 6)).isEqualTo(4);
            assertThat(get(offsets, 4)).isEqualTo(6);
            assertThat(get(offsets, 5)).isEqualTo(-1);
        }
    }

    private static long put(KeyOffsets offsets, int key, long offset) {
        byte[] bytes = bytes(key);
        return offsets.put(bytes, 0, bytes.length, offset);
    }

    private static long get(KeyOffsets offsets, int key) {
        byte[] bytes = bytes(key);
        return offsets.get(bytes, 0, bytes.length);
    }

    private static byte[] bytes(int key) {
        return ("a key of some length " + key).getBytes(StandardCharsets.UTF_8);
    }
}
