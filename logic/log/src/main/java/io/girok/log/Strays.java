package io.girok.log;

import io.girok.base.PartitionName;
import io.girok.base.TopicId;
import io.girok.files.FileNames;
import io.girok.journal.JournalKey;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a log directory holds that nobody wants there. Blocks; used before any partition is opened.
public final class Strays {
    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    private final LogDirectory directory;

    Strays(LogDirectory directory) {
        this.directory = directory;
    }

    /// Sets aside what is of topics that were deleted, or partitions that were moved, while this broker was not there
    /// to see it: their directories get the ending [FileNames#STRAY_DIRECTORY], and stay until somebody removes them.
    ///
    /// A replica that was taken away while the disk was full, and given back, may have something in the journal, which
    /// could not be told: that begins anew.
    ///
    /// @param hosted the id of the topic whose partition of that name is placed on this broker
    /// @param isInSync whether the cluster counts on what this broker has of the partition
    public void setAsideUnless(Function<PartitionName, Optional<TopicId>> hosted, Predicate<PartitionName> isInSync) {
        Predicate<JournalKey> isUnwanted = key -> !hosted.apply(key.name()).equals(Optional.of(key.topic()))
                || (!directory.isOnDisk(key.name()) && !isInSync.test(key.name()));
        try {
            directory.journal().dismiss(isUnwanted);
            directory.marks()
                    .forget(directory.partitionsLeft().stream().filter(name -> hosted.apply(name).isEmpty()).toList());
            for (PartitionName name : directory.partitionsLeft()) {
                Optional<TopicId> topic = hosted.apply(name);
                if (topic.isEmpty()) {
                    moveAside(name, "the cluster has no such partition on this broker");
                } else if (!directory.isOnDisk(name) && !isInSync.test(name)) {
                    directory.remains().discardCopyOf(new JournalKey(topic.get(), name));
                    directory.forgetClosed(name);
                    LOG.info("log '{}' in '{}' begins anew: it has no files, and nobody counts on what was here, or "
                            + "is in the journal", name, directory.path());
                }
            }
        } catch (IOException e) {
            directory.fail("setting aside what is not wanted here failed", e);
        }
    }

    /// Forgets a log, whose directory is renamed if it has one.
    public void setAside(PartitionName name, String why) {
        try {
            directory.journal().dismiss(key -> key.name().equals(name));
            directory.marks().forget(List.of(name));
            moveAside(name, why);
        } catch (IOException e) {
            directory.fail("setting a directory aside failed", e);
        }
    }

    private void moveAside(PartitionName name, String why) throws IOException {
        if (directory.isOnDisk(name)) {
            LOG.warn("log '{}' in '{}': {}; renamed to '{}', which nobody will read and you may remove", name,
                    directory.path(), why,
                    directory.discards().rename(name, FileNames.STRAY_DIRECTORY).getFileName());
        }
        directory.forgetClosed(name);
    }
}
