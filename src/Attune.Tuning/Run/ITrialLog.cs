namespace Attune.Tuning.Run;

/// <summary>Where trials are kept. The run appends every trial as soon as it is measured; what was appended survives the run.</summary>
public interface ITrialLog
{
    /// <summary>Keeps a trial.</summary>
    void Append(Trial trial);

    /// <summary>Earlier trials of a task that are comparable with new ones (same device), oldest first.</summary>
    IEnumerable<Trial> Load(string taskKey);

    /// <summary>
    /// Knobs of configurations of a task that gave a wrong result at any time, on any device and with any number of threads: they are never used again.
    /// </summary>
    IEnumerable<IReadOnlyDictionary<string, string>> Disqualified(string taskKey);
}
