using Attune.Design.Local;
using Attune.Tuning.Session;

namespace Attune.Design.Flow;

/// <summary>Why work on a family of models cannot be done. One of the records derived from it.</summary>
/// <param name="Message">What is wrong and why.</param>
public abstract record DesignError(string Message);

/// <summary>The device that designs are to run on cannot be used on this machine.</summary>
/// <param name="Target">The way of running.</param>
/// <param name="Reason">What is missing, as a sentence without a full stop.</param>
public sealed record TargetMissing(LocalDevice Target, string Reason) : DesignError($"{Target.Device} cannot be used here: {Reason}.");

/// <summary>A device failed while designs were measured on it.</summary>
/// <param name="Reason">Which device, and what it said, as a sentence without a full stop.</param>
/// <param name="Kept">Designs that were measured before; they are in the store.</param>
/// <param name="Store">Path of the store.</param>
public sealed record TargetFailed(string Reason, int Kept, string Store)
    : DesignError($"{Reason}. {(Kept == 1 ? "1 design that was measured before is" : $"{Kept} designs that were measured before are")} kept in {Store}.");

/// <summary>Tuned kernels are wanted, and the tuning records hold none for the way of running.</summary>
/// <param name="Device">The way of running.</param>
/// <param name="Hardware">What records call the device.</param>
/// <param name="Records">Path of the records.</param>
public sealed record KernelsUntuned(LocalDevice Device, string Hardware, string Records)
    : DesignError($"{Device} wants tuned kernels, but {Records} holds no record of this device ({Hardware})"
        + $"{(Device.IsProcessor ? $" with {Device.Threads} thread{(Device.Threads == 1 ? string.Empty : "s")}" : string.Empty)}.");

/// <summary>No design of the family can be built.</summary>
/// <param name="Family">The family.</param>
/// <param name="Problem">Why not.</param>
public sealed record FamilyUnbuildable(string Family, string? Problem) : DesignError($"No design of '{Family}' can be built: {Problem}");

/// <summary>A table of accuracies cannot be used, or labels too few designs to learn from.</summary>
/// <param name="Kind">Which of its sources is wrong.</param>
/// <param name="Message">What is wrong and why.</param>
public sealed record AccuracyUnusable(AccuracyFailure Kind, string Message) : DesignError(Message);

/// <summary>The neural optimiser was asked for and cannot be trained.</summary>
/// <param name="Message">Why not.</param>
public sealed record OptimiserUntrainable(string Message) : DesignError(Message);

/// <summary>No measured design meets the limits.</summary>
/// <param name="Answer">What was found all the same.</param>
public sealed record NoDesignFits(OptimiseAnswer Answer) : DesignError("No design that was measured meets the limits.");

/// <summary>The answer could be measured, but not built again to be written.</summary>
/// <param name="Problem">Why not.</param>
public sealed record AnswerUnbuildable(string? Problem) : DesignError($"The answer could be measured but not built again: {Problem}");

/// <summary>The answer was written, but gave no tuned model.</summary>
/// <param name="Error">Why not.</param>
/// <param name="Plan">What was to be tuned.</param>
public sealed record AnswerUntuned(TuneError Error, TunePlan Plan) : DesignError("The answer was written, but could not be tuned.");
