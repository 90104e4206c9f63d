namespace Attune.Cohort.Endpoint;

/// <summary>How an endpoint serves.</summary>
public sealed record EndpointOptions
{
    /// <summary>Longest time for reading a request, and for sending its answer. Default 5 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time before the next attempt when the system accepts no connection. Default 100 ms.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How a problem of a plan reads; default: place and message.</summary>
    public Func<DocumentProblem, string> Describe { get; init; } = problem => problem.ToString();

    /// <summary>Told what requests changed, and what failed. Called on any thread; null for nobody.</summary>
    public Action<string>? Notify { get; init; }
}
