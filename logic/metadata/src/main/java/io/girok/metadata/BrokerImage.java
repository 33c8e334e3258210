package io.girok.metadata;

import io.girok.base.TopicId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A broker's registration. Immutable.
///
/// @param incarnation new with every start of the process
/// @param epoch the offset of the registration's record: a later one replaces an earlier one
/// @param directories its log directories that can be used
/// @param isFenced whether it must not lead, and is not in sync with anything
/// @param isLeaving whether it is about to stop, and must not lead
public record BrokerImage(int id, TopicId incarnation, long epoch, List<Endpoint> endpoints, @Nullable String rack,
        List<TopicId> directories, boolean isFenced, boolean isLeaving) {
    /// The directory of a replica that is in none that its broker can use.
    public static final TopicId LOST_DIRECTORY = new TopicId(0, 1);

    public BrokerImage {
        endpoints = List.copyOf(endpoints);
        directories = List.copyOf(directories);
    }

    /// Whether what is in `directory` can be used; zero, when nobody knows where it is, counts as usable.
    public boolean hasDirectory(TopicId directory) {
        return directory.equals(TopicId.ZERO) || directories.contains(directory);
    }

    /// Whether it may become a leader.
    public boolean canLead() {
        return !isFenced && !isLeaving;
    }
}
