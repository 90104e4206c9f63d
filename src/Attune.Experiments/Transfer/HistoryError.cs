using System.Collections.Immutable;
using Attune.Tuning.Recorded;

namespace Attune.Experiments.Transfer;

/// <summary>Why files are no history to learn from. One of the records derived from it.</summary>
/// <param name="Message">What is wrong and why.</param>
public abstract record HistoryError(string Message);

/// <summary>Recorded devices cannot be used.</summary>
/// <param name="Error">Why not.</param>
public sealed record RecordingUnusable(RecordedSetError Error) : HistoryError(Error.Message);

/// <summary>What stands beside a recording is damaged.</summary>
/// <param name="Message">What is wrong with it.</param>
public sealed record OriginDamaged(string Message) : HistoryError(Message);

/// <summary>The files can be read, but hold too little.</summary>
/// <param name="Message">What is missing.</param>
/// <param name="Notes">What was left out, and why.</param>
public sealed record NothingToLearn(string Message, ImmutableArray<string> Notes) : HistoryError(Message);
