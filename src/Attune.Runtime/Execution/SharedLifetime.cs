namespace Attune.Runtime.Execution;

/// <summary>
/// Frees memory when nobody uses it any more: users come and go, and closing waits for those that are present, unless the closing thread is itself one of them;
/// then the last user frees. Thread-safe; users leave on the thread on which they came.
/// </summary>
/// <param name="owner">Whom exceptions name.</param>
/// <param name="free">Called once, with no user present.</param>
internal sealed class SharedLifetime(object owner, Action free)
{
    private readonly object gate = new();
    private readonly List<int> users = [];
    private bool closed;
    private bool freed;

    /// <summary>Begins a use.</summary>
    /// <exception cref="ObjectDisposedException">Closed.</exception>
    public void Enter()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, owner);
            users.Add(Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>Ends a use.</summary>
    public void Leave()
    {
        bool last;
        lock (gate)
        {
            users.Remove(Environment.CurrentManagedThreadId);
            last = closed && users.Count == 0;
        }

        if (last)
        {
            Free();
        }
    }

    /// <summary>Lets nobody in any more. Returns when the memory is free; at once when the calling thread is inside a use.</summary>
    public void Close()
    {
        lock (gate)
        {
            bool first = !closed;
            closed = true;
            if (users.Contains(Environment.CurrentManagedThreadId))
            {
                return;
            }

            if (!first || users.Count > 0)
            {
                while (!freed)
                {
                    Monitor.Wait(gate);
                }

                return;
            }
        }

        Free();
    }

    private void Free()
    {
        try
        {
            free();
        }
        finally
        {
            lock (gate)
            {
                freed = true;
                Monitor.PulseAll(gate);
            }
        }
    }
}
