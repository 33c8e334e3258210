package io.girok.cli;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/// The reading half of `girok consume`. Owned by the command's thread; Ctrl-C comes in as a wake-up of the consumer.
///
/// A group's offsets are committed after the records were written to standard output and flushed, and only as far as
/// they were written: a record that `| head` did not take is read again.
final class ConsumeRun {
    private static final Duration POLL = Duration.ofMillis(500);

    /// Where to begin on each partition.
    sealed interface Start {
        record AtBeginning() implements Start {}

        record AtEnd() implements Start {}

        record AtOffset(long offset) implements Start {}

        record AtTime(long timestampMs) implements Start {}
    }

    private final Consumer<byte[], byte[]> consumer;
    private final RecordPrinter printer;
    private final Interruption interruption;
    private final OutputReader reader = OutputReader.ofStandardOutput();
    /// Where each partition ended when it was given to us.
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private boolean isGroupMember;
    private boolean hasAssignment;

    ConsumeRun(Consumer<byte[], byte[]> consumer, RecordPrinter printer, Interruption interruption) {
        this.consumer = consumer;
        this.printer = printer;
        this.interruption = interruption;
    }

    void assign(List<TopicPartition> partitions, Start start) {
        consumer.assign(partitions);
        hasAssignment = true;
        ends.putAll(consumer.endOffsets(partitions));
        switch (start) {
            case Start.AtBeginning() -> consumer.seekToBeginning(partitions);
            case Start.AtEnd() -> ends.forEach(consumer::seek);
            case Start.AtOffset(long offset) -> seekWithin(partitions, offset);
            case Start.AtTime(long timestampMs) -> seekTo(partitions, timestampMs);
        }
    }

    void subscribe(String topic, boolean isEndNeeded) {
        isGroupMember = true;
        consumer.subscribe(Set.of(topic), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                hasAssignment = true;
                if (isEndNeeded && !partitions.isEmpty()) {
                    ends.putAll(consumer.endOffsets(partitions));
                }
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                partitions.forEach(ends::remove);
            }
        });
    }

    void printUntil(long max, boolean untilEnd) {
        long printed = 0;
        try {
            while (printed < max && !interruption.isRequested() && !(untilEnd && isAtEnd())) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (records.isEmpty() && reader.isGone()) {
                    return;
                }
                printed += print(records, max - printed, untilEnd);
            }
        } catch (WakeupException e) {
            // Ctrl-C: what was printed has been committed already.
        }
    }

    private long print(ConsumerRecords<byte[], byte[]> records, long room, boolean untilEnd) {
        long printed = 0;
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (printed == room) {
                break;
            }
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            if (untilEnd && ends.getOrDefault(partition, Long.MAX_VALUE) <= record.offset()) {
                continue;
            }
            printer.print(record);
            printed++;
            positions.put(partition, new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
        }
        if (0 < printed) {
            printer.flush();
        }
        if (isGroupMember && !positions.isEmpty()) {
            consumer.commitSync(positions);
        }
        return printed;
    }

    /// Whether all that was there at the start has been read. A member of a group that got no partition has nothing
    /// to do.
    private boolean isAtEnd() {
        if (!hasAssignment) {
            return false;
        }
        return consumer.assignment()
                .stream()
                .allMatch(
                        partition -> ends.getOrDefault(partition, Long.MAX_VALUE) <= consumer.position(partition));
    }

    private void seekWithin(List<TopicPartition> partitions, long offset) {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long from = beginnings.getOrDefault(partition, 0L);
            long to = ends.getOrDefault(partition, 0L);
            if (offset < from || to < offset) {
                throw Failure.of("offset " + offset + " is not in partition '" + partition + "', which has " + from
                        + " to " + to);
            }
            consumer.seek(partition, offset);
        }
    }

    private void seekTo(List<TopicPartition> partitions, long timestampMs) {
        Map<TopicPartition, Long> times = partitions.stream()
                .collect(Collectors.toMap(Function.identity(), partition -> timestampMs));
        Map<TopicPartition, @Nullable OffsetAndTimestamp> found = new HashMap<>(consumer.offsetsForTimes(times));
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp at = found.get(partition);
            consumer.seek(partition, at == null ? ends.getOrDefault(partition, 0L) : at.offset());
        }
    }
}
