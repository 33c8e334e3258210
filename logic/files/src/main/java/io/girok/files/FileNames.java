package io.girok.files;

import io.girok.base.PartitionName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How files and directories of logs are called. Immutable.
public final class FileNames {
    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TRANSACTION_INDEX = ".txnindex";
    /// What the files beside a segment's log end in.
    public static final List<String> INDEXES = List.of(OFFSET_INDEX, TIME_INDEX, TRANSACTION_INDEX);
    public static final String SNAPSHOT = ".snapshot";
    public static final String DELETED = ".deleted";
    public static final String TEMPORARY = ".tmp";
    /// Of a file that a cleaning is writing.
    public static final String CLEANED = ".cleaned";
    /// Of a cleaned file that is taking its place.
    public static final String SWAP = ".swap";
    public static final String EPOCHS = "leader-epoch-checkpoint";
    public static final String PARTITION_METADATA = "partition.metadata";
    public static final String DELETED_DIRECTORY = "-delete";
    public static final String STRAY_DIRECTORY = "-stray";
    /// A log that is on its way here from another log directory.
    public static final String FUTURE_DIRECTORY = "-future";

    private static final int OFFSET_DIGITS = 20;
    private static final int MAX_TOPIC_LENGTH = 249;
    private static final int MAX_PARTITION_DIGITS = 10;

    private FileNames() {}

    /// `00000000000000000042.log`
    public static String of(long offset, String ending) {
        String digits = Long.toString(offset);
        return "0".repeat(OFFSET_DIGITS - digits.length()) + digits + ending;
    }

    /// The offset in a name of 20 digits and `ending`.
    public static OptionalLong offset(String name, String ending) {
        if (name.length() != OFFSET_DIGITS + ending.length() || !name.endsWith(ending)) {
            return OptionalLong.empty();
        }
        String digits = name.substring(0, OFFSET_DIGITS);
        if (!digits.chars().allMatch(c -> '0' <= c && c <= '9') || digits.charAt(0) != '0') {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(digits));
    }

    /// The directory of a partition.
    ///
    /// @throws IllegalArgumentException when the topic's name could leave `parent`, or is not one for other reasons
    public static Path directory(Path parent, PartitionName name) {
        if (!isTopic(name.topic()) || name.index() < 0) {
            throw new IllegalArgumentException("'" + name
                    + "' is not a partition: a topic has 1 to 249 of letters, digits, '.', '_' and '-', and is neither"
                    + " '.' nor '..'; partitions count from 0");
        }
        return parent.resolve(name.toString());
    }

    public static boolean isTopic(String topic) {
        return !topic.isEmpty() && topic.length() <= MAX_TOPIC_LENGTH && !topic.equals(".") && !topic.equals("..")
                && topic.chars().allMatch(FileNames::isTopicCharacter);
    }

    private static boolean isTopicCharacter(int c) {
        return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '.' || c == '_'
                || c == '-';
    }

    /// The partition that a directory of this name holds; empty for directories that are something else, such as those
    /// of deleted partitions.
    public static Optional<PartitionName> partition(String directory) {
        int dash = directory.lastIndexOf('-');
        if (dash <= 0 || directory.length() - dash - 1 > MAX_PARTITION_DIGITS) {
            return Optional.empty();
        }
        String topic = directory.substring(0, dash);
        String digits = directory.substring(dash + 1);
        if (!isTopic(topic) || digits.isEmpty() || !digits.chars().allMatch(c -> '0' <= c && c <= '9')) {
            return Optional.empty();
        }
        long index = Long.parseLong(digits);
        boolean isCanonical = index <= Integer.MAX_VALUE && Long.toString(index).equals(digits);
        return isCanonical ? Optional.of(new PartitionName(topic, (int) index)) : Optional.empty();
    }
}
