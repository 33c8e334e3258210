package io.girok.membership.balance;

import io.girok.balance.DiskRoom;
import io.girok.base.PartitionName;
import io.girok.base.Shard;
import io.girok.membership.NodeAddresses;
import io.girok.wire.NodeAddress;
import io.girok.wire.PeerConnection;
import io.girok.wire.Peers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// Asks brokers what lies on their disks. Owned by its shard.
final class DiskReports {
    /// The first one that says what is free.
    private static final short VERSION = 4;
    private static final long LIMIT_MS = 30_000;

    private final Peers peers;
    private final NodeAddresses addresses;
    private final Shard shard;

    /// What one broker has.
    ///
    /// @param sizes of its copies, in bytes
    /// @param directories those that work
    record Report(Map<PartitionName, Long> sizes, List<Directory> directories) {
        /// What may be added to one directory, since a copy is never spread over several; less than 0 where all are
        /// full.
        ///
        /// @param floorBytes as of [DiskRoom]
        long roomBytes(long floorBytes) {
            return directories.stream()
                    .mapToLong(each -> DiskRoom.of(each.usableBytes, each.totalBytes, floorBytes))
                    .max()
                    .orElse(0);
        }
    }

    /// The disk of one log directory.
    ///
    /// @param totalBytes -1 when it is not known
    record Directory(long usableBytes, long totalBytes) {}

    DiskReports(Peers peers, NodeAddresses addresses, Shard shard) {
        this.peers = peers;
        this.addresses = addresses;
        this.shard = shard;
    }

    /// By broker; fails when one of them does not answer. Completed on the shard.
    CompletableFuture<Map<Integer, Report>> ask(Collection<Integer> brokers) {
        Map<Integer, Report> reports = new TreeMap<>();
        CompletableFuture<Map<Integer, Report>> all = new CompletableFuture<>();
        for (int broker : brokers) {
            ask(broker, all, report -> {
                reports.put(broker, report);
                if (reports.size() == brokers.size()) {
                    all.complete(reports);
                }
            });
        }
        return all;
    }

    private void ask(int broker, CompletableFuture<?> all, Consumer<Report> whenTold) {
        NodeAddress address = addresses.of(broker);
        if (address == null) {
            all.completeExceptionally(new IOException("the address of broker " + broker + " is not known"));
            return;
        }
        PeerConnection connection = peers.open(address, shard);
        connection.send(ApiKeys.DESCRIBE_LOG_DIRS, VERSION, new DescribeLogDirsRequestData().setTopics(null), LIMIT_MS,
                new PeerConnection.Answer() {
                    @Override
                    public void onAnswer(ApiMessage body) {
                        whenTold.accept(report((DescribeLogDirsResponseData) body));
                        connection.close();
                    }

                    @Override
                    public void onFailure(IOException cause) {
                        all.completeExceptionally(
                                new IOException("broker " + broker + " does not say what is on its disks", cause));
                    }
                });
    }

    private static Report report(DescribeLogDirsResponseData answer) {
        Map<PartitionName, Long> sizes = new HashMap<>();
        List<Directory> directories = new ArrayList<>();
        for (DescribeLogDirsResult directory : answer.results()) {
            if (directory.errorCode() != Errors.NONE.code()) {
                continue;
            }
            directories.add(new Directory(Math.max(0, directory.usableBytes()), directory.totalBytes()));
            directory.topics()
                    .forEach(topic -> topic.partitions()
                            .forEach(partition -> sizes.merge(
                                    new PartitionName(topic.name(), partition.partitionIndex()),
                                    partition.partitionSize(), Math::max)));
        }
        return new Report(sizes, List.copyOf(directories));
    }
}
