namespace Attune.Measuring.Bench;

/// <summary>Something whose inferences can be timed.</summary>
public interface IContender : IAsyncDisposable
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>Runs it some times and gives the milliseconds of every run.</summary>
    /// <param name="runs">How often, at least 1.</param>
    /// <param name="cancellation">Gives up between two runs.</param>
    Task<double[]> RunAsync(int runs, CancellationToken cancellation);
}
