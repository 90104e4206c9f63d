namespace Attune.Cli.Bench;

/// <summary>Something whose inferences can be timed.</summary>
internal interface IContender : IAsyncDisposable
{
    /// <summary>What the report calls it.</summary>
    string Name { get; }

    /// <summary>Time in which it was read and made ready, milliseconds; null when unknown.</summary>
    double? LoadMs => null;

    /// <summary>Runs it some times and gives the milliseconds of every run.</summary>
    Task<double[]> RunAsync(int runs, CancellationToken cancellation);
}
