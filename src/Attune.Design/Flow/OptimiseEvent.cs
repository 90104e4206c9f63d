using Attune.Tuning.Session;

namespace Attune.Design.Flow;

/// <summary>Something that happened while the best design was searched, besides the events of tuning it. One of the records derived from it.</summary>
public abstract record OptimiseEvent : TuneEvent;

/// <summary>Another design was measured.</summary>
/// <param name="What">What for.</param>
/// <param name="Done">Designs measured.</param>
/// <param name="All">Designs to measure.</param>
public sealed record DesignMeasured(string What, int Done, int All) : OptimiseEvent;

/// <summary>Another design of the front was measured.</summary>
/// <param name="Done">Designs measured.</param>
/// <param name="All">Designs to measure.</param>
public sealed record FrontMeasured(int Done, int All) : OptimiseEvent;

/// <summary>The answer is written, and its kernels are about to be tuned.</summary>
/// <param name="Session">The tune.</param>
public sealed record AnswerTuneStarted(TuneSession Session) : OptimiseEvent;
