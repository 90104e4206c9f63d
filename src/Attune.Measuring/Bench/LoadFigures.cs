namespace Attune.Measuring.Bench;

/// <summary>Load time and memory of one side, medians over fresh processes.</summary>
/// <param name="Processes">Number of processes.</param>
/// <param name="LoadMs">From file to ready model, milliseconds; null when the side does not tell.</param>
/// <param name="PeakRssBytes">
/// Most physical memory of a process that loaded the model and ran it a few times, bytes; null where the system does not tell.
/// </param>
/// <param name="Facts">What else the side told, medians by name.</param>
public sealed record LoadFigures(int Processes, double? LoadMs, long? PeakRssBytes, IReadOnlyDictionary<string, double> Facts)
{
    /// <summary>A number that the side told, or null.</summary>
    /// <param name="name">Its name.</param>
    public double? Fact(string name) => Facts.TryGetValue(name, out double value) ? value : null;
}
