namespace Attune.Cohort.Live.Limits;

/// <summary>How a live run watches for heat and for clocks that the system holds down.</summary>
public sealed record LimitOptions
{
    /// <summary>Degrees below a sensor's limit at which settings with high clocks are left out. Default 5.</summary>
    public double MarginCelsius { get; init; } = 5;

    /// <summary>Degrees below that at which they come back. Default 5.</summary>
    public double HysteresisCelsius { get; init; } = 5;

    /// <summary>Time between two steps down while it stays hot. Default 2 s.</summary>
    public TimeSpan StepDown { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time between two steps up when it is cool again. Default 5 s.</summary>
    public TimeSpan StepUp { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which a clock that was capped may be tried again; doubles with every try that fails. Default 5 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest such time. Default 60 s.</summary>
    public TimeSpan LongestHold { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often clocks are read back. Default 100 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often temperatures are read. Default 1 s.</summary>
    public TimeSpan ThermalInterval { get; init; } = TimeSpan.FromSeconds(1);
}
