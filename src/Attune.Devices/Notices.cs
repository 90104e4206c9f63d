namespace Attune.Devices;

/// <summary>
/// Tells a listener what a server meets, for as long as it listens: once its stream is closed or full nothing more is told, and what the server is there for
/// goes on. Safe for several threads.
/// </summary>
/// <param name="notify">The listener; null for none.</param>
internal sealed class Notices(Action<string>? notify)
{
    private volatile bool isUnheard;

    /// <summary>Tells one sentence.</summary>
    public void Tell(string told)
    {
        if (isUnheard)
        {
            return;
        }

        try
        {
            notify?.Invoke(told);
        }
        catch (Exception unheard) when (unheard is IOException or ObjectDisposedException)
        {
            isUnheard = true;
        }
    }
}
