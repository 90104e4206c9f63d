namespace Attune.Experiments.Search;

/// <summary>How far an experiment's searches are.</summary>
/// <param name="Group">Network or device at hand.</param>
/// <param name="Task">Name of the task at hand.</param>
/// <param name="Arm">Tuner at hand.</param>
/// <param name="Seed">Seed at hand.</param>
/// <param name="Searches">Searches that have ended.</param>
/// <param name="AllSearches">Searches in all.</param>
/// <param name="Trials">Trials of the search at hand.</param>
/// <param name="TimeLeft">A guess from the searches done by this process; null before the first.</param>
public sealed record CampaignProgress(string Group, string Task, string Arm, int Seed, int Searches, int AllSearches, int Trials, TimeSpan? TimeLeft);
