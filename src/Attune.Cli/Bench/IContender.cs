namespace Attune.Cli.Bench;

/// <summary>Something whose inferences can be timed.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>Runs it some times and gives the milliseconds of every run.</summary>
    Task<double[]> RunAsync(int runs, CancellationToken cancellation);
}
