namespace Attune.Web;

/// <summary>
/// The open connections, of a limited number in all and for each origin. A newcomer is always let in: what is let go for it is the oldest of its own
/// origin where that has its share already, else the oldest
/// of whoever has most. So clients that do nothing lose their place, and one that sends its request keeps it for the moment that this takes. Thread-safe.
/// </summary>
/// <param name="max">Most connections, at least 1.</param>
/// <param name="maxOfOrigin">Most connections of one origin, at least 1.</param>
internal sealed class ConnectionTable(int max, int maxOfOrigin)
{
    private readonly Lock gate = new();
    private readonly List<Connection> open = [];
    private bool isClosed;
    private long dropped;

    /// <summary>Connections that were let go for others.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Lets a connection in.</summary>
    /// <returns>False when the table is closed; the connection is then too.</returns>
    public bool Add(Connection connection)
    {
        Connection? victim;
        lock (gate)
        {
            if (isClosed)
            {
                connection.Abort();
                return false;
            }

            victim = Victim(connection.Origin);
            if (victim is not null)
            {
                open.Remove(victim);
            }

            open.Add(connection);
        }

        if (victim is not null)
        {
            Drop(victim);
        }

        return true;
    }

    /// <summary>Takes a connection that ended out.</summary>
    public void Remove(Connection connection)
    {
        lock (gate)
        {
            open.Remove(connection);
        }
    }

    /// <summary>Lets the oldest eighth of the connections go, at least one, because the system has no room for more.</summary>
    public void MakeRoom()
    {
        Connection[] victims;
        lock (gate)
        {
            victims = [.. open.Where(connection => !connection.IsWorkedOn).Take((open.Count / 8) + 1)];
            open.RemoveAll(victims.Contains);
        }

        foreach (Connection victim in victims)
        {
            Drop(victim);
        }
    }

    /// <summary>Marks a connection as one whose request is worked on, or no longer.</summary>
    public void Mark(Connection? connection, bool isWorkedOn)
    {
        lock (gate)
        {
            connection?.IsWorkedOn = isWorkedOn;
        }
    }

    /// <summary>Closes all connections; no more are let in.</summary>
    public void Close()
    {
        Connection[] all;
        lock (gate)
        {
            isClosed = true;
            all = [.. open];
            open.Clear();
        }

        foreach (Connection connection in all)
        {
            connection.Abort();
        }
    }

    private void Drop(Connection victim)
    {
        Interlocked.Increment(ref dropped);
        victim.Abort();
    }

    // A linear search over at most a few hundred, once for each new connection. Connections are in the order of their coming.
    private Connection? Victim(string origin)
    {
        if (open.Count(connection => connection.Origin == origin) >= maxOfOrigin)
        {
            return Oldest(origin);
        }

        return open.Count < max ? null : Oldest(open.CountBy(connection => connection.Origin).MaxBy(count => count.Value).Key);
    }

    private Connection? Oldest(string origin) => open.Find(connection => connection.Origin == origin && !connection.IsWorkedOn);
}
