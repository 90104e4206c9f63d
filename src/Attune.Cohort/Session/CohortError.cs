using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Kernels.Backends;
using Attune.Records.Documents;
using Attune.Runtime;

namespace Attune.Cohort.Session;

/// <summary>Why the networks of a plan cannot run. One of the records derived from it.</summary>
/// <param name="Path">The file concerned.</param>
/// <param name="Message">What is wrong and why, one sentence or more.</param>
public abstract record CohortError(string Path, string Message);

/// <summary>There is no such file.</summary>
public sealed record CohortFileMissing(string Path) : CohortError(Path, $"There is no file {Path}.");

/// <summary>A plan, a profile, or both together have problems.</summary>
/// <param name="Path">The plan, or the profile.</param>
/// <param name="Kind">Which of them.</param>
/// <param name="Problems">What is wrong.</param>
public sealed record CohortFileUnusable(string Path, CohortFileKind Kind, DocumentError Problems)
    : CohortError(Path, string.Join(' ', Problems.Problems.Select(problem => problem.Sentence)));

/// <summary>A profile holds times of another machine.</summary>
/// <param name="Path">The plan.</param>
/// <param name="Message">Which, and of what machine.</param>
public sealed record CohortOfOtherMachine(string Path, string Message) : CohortError(Path, Message);

/// <summary>The device of a profile is not here.</summary>
/// <param name="Path">The plan.</param>
/// <param name="Device">The device.</param>
/// <param name="Reason">What is missing, as a sentence without a full stop.</param>
public sealed record CohortDeviceMissing(string Path, DeviceName Device, string Reason) : CohortError(Path, $"{Device} cannot be used here: {Reason}.");

/// <summary>The device of the profiles does not take a model.</summary>
/// <param name="Path">The model.</param>
/// <param name="Device">The device.</param>
/// <param name="Message">Why.</param>
public sealed record CohortDeviceFailed(string Path, DeviceName Device, string Message) : CohortError(Path, Message);

/// <summary>A model cannot be loaded.</summary>
/// <param name="Path">The model.</param>
/// <param name="Error">Why.</param>
public sealed record CohortModelUnusable(string Path, TunedModelError Error) : CohortError(Path, Error.Message);

/// <summary>A model does not fit its member's profile.</summary>
/// <param name="Path">The plan.</param>
/// <param name="Misfit">Why.</param>
/// <param name="Member">The member.</param>
/// <param name="FormedModel">The model that the profile was made with, as the plan would name it; null where that is not known.</param>
public sealed record CohortModelMismatched(string Path, ModelMisfit Misfit, CohortMember Member, string? FormedModel) : CohortError(Path, Misfit.Message);
