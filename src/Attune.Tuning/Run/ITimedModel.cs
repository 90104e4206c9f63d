namespace Attune.Tuning.Run;

/// <summary>A model that can be timed in blocks of runs. It must not disturb others between its blocks.</summary>
public interface ITimedModel
{
    /// <summary>Runs once without counting, to fill the caches, and then a number of times.</summary>
    /// <param name="runs">Counted runs, at least 1.</param>
    RunBlock Run(int runs);
}
