package io.girok.cli;

import picocli.CommandLine.Command;

/// The commands about topics.
@Command(name = "topic", description = "Create, list, describe, delete and alter topics.", subcommands = {
    TopicCreate.class, TopicList.class, TopicDescribe.class, TopicDelete.class, TopicAlter.class})
final class TopicCommand {}
