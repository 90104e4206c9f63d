using Attune.Tuning.Session;

namespace Attune.Cohort.Session;

/// <summary>Something that happened while a model was profiled, besides the events of the search for kernels. One of the records derived from it.</summary>
public abstract record ProfileEvent : TuneEvent;

/// <summary>Cheaper forms of layers were made.</summary>
/// <param name="Forms">How many.</param>
/// <param name="Layers">Of how many layers.</param>
public sealed record FormsMade(int Forms, int Layers) : ProfileEvent;

/// <summary>The search of kernels for forms begins.</summary>
/// <param name="Tasks">Tasks without kernel, at least 1.</param>
/// <param name="Budget">Time for it.</param>
public sealed record FormSearchStarted(int Tasks, TimeSpan Budget) : ProfileEvent;

/// <summary>Forms are being made or timed.</summary>
/// <param name="Text">What is at hand.</param>
public sealed record FormsAdvanced(string Text) : ProfileEvent;

/// <summary>The model is being measured.</summary>
/// <param name="Text">What is at hand.</param>
public sealed record ProfileAdvanced(string Text) : ProfileEvent;
