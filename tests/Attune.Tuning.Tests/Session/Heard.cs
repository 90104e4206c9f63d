using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

/// <summary>Keeps what a session told.</summary>
internal sealed class Heard : IProgress<TuneEvent>
{
    public List<TuneEvent> Events { get; } = [];

    public Action<TuneEvent>? On { get; init; }

    public void Report(TuneEvent value)
    {
        Events.Add(value);
        On?.Invoke(value);
    }
}
