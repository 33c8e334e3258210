package io.girok.benchmark.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// 5,000 connections that say nothing, and 500 that send a request of a megabyte, one byte a second. Made and closed by
/// one thread.
final class Crowd implements AutoCloseable {
    private static final int IDLE = 5_000;
    private static final int SLOW = 500;
    /// The length, and then the beginning of a request to produce.
    private static final byte[] REQUEST = {0, 16, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1, 0, 5, 'c', 'r', 'o', 'w', 'd', 0, 0, 0,
        0, 0, 0};

    private final List<SocketChannel> channels = new ArrayList<>();
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("crowd").factory());
    private int sent;

    Crowd(int port) throws IOException {
        for (int i = 0; i < IDLE + SLOW; i++) {
            channels.add(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        }
        var _ = sender.scheduleAtFixedRate(this::sendOne, 0, 1, TimeUnit.SECONDS);
    }

    private void sendOne() {
        byte next = sent < REQUEST.length ? REQUEST[sent] : 0;
        sent++;
        for (SocketChannel channel : channels.subList(IDLE, channels.size())) {
            try {
                var _ = channel.write(ByteBuffer.wrap(new byte[]{next}));
            } catch (IOException closedByTheBroker) {
                // It stays so.
            }
        }
    }

    @Override
    public void close() throws IOException {
        sender.shutdownNow();
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
