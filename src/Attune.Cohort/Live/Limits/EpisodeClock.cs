namespace Attune.Cohort.Live.Limits;

/// <summary>Counts how often and how long something was so. One caller at a time.</summary>
internal sealed class EpisodeClock
{
    private TimeSpan? began;
    private TimeSpan over;

    /// <summary>True while it is so.</summary>
    public bool IsOn => began is not null;

    /// <summary>How often it was so.</summary>
    public int Count { get; private set; }

    /// <summary>It is so from now on.</summary>
    public void Begin(TimeSpan now)
    {
        began = now;
        Count++;
    }

    /// <summary>It is over.</summary>
    public void End(TimeSpan now)
    {
        over += now - began ?? TimeSpan.Zero;
        began = null;
    }

    /// <summary>How long it was so altogether, seconds.</summary>
    public double Seconds(TimeSpan now) => (over + (now - began ?? TimeSpan.Zero)).TotalSeconds;

    /// <summary>Forgets what came before; what is so now counts from now.</summary>
    public void Reset(TimeSpan now)
    {
        over = TimeSpan.Zero;
        began = began is null ? null : now;
        Count = began is null ? 0 : 1;
    }
}
