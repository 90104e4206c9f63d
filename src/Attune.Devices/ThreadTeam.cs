using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Attune.Devices.Threads;

namespace Attune.Devices;

/// <summary>
/// A fixed team of threads for fork-join work far shorter than a thread pool's latency. The caller is member 0. Between jobs the others spin for a short
/// while, since the next job usually follows at once, then park; a parked team costs nothing. One job at a time: concurrent callers queue. A job that itself
/// runs a job on its own team gets a passing team for it: slow, but right. Several teams may work at once; while their members outnumber the processors,
/// barriers hardly spin. <see cref="TryRun"/> is for callers that would rather run alone than wait.
/// </summary>
public sealed class ThreadTeam : IDisposable
{
    private const long GenerationStep = 1 << 16;
    private static readonly TeamBarrier Alone = new(1, new Patience(ownProcessors: true));
    private readonly Lock gate = new();
    private readonly Thread[] workers;
    private readonly SemaphoreSlim[] wake;
    private readonly int[] parked;
    private readonly TeamBarrier?[] barriers;
    private readonly TimeSpan spin;
    private readonly ThreadPlacement placement;
    private readonly Patience patience;

    // Managed ids of the threads that are inside a job, by member; 0 for none.
    private readonly int[] inside;
    private ITeamJob? job;

    // Number of the job, and how many members do it: one word, so that a member that comes late never mixes two jobs up.
    private long generation;
    private int finished;
    private bool stopping;
    private Exception? failure;

    /// <summary>Starts the team.</summary>
    /// <param name="members">Threads, the caller's included; at least 1.</param>
    /// <param name="spin">How long members spin for the next job before they park; null for 100 microseconds.</param>
    public ThreadTeam(int members, TimeSpan? spin = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        Members = members;
        this.spin = spin ?? TimeSpan.FromMicroseconds(100);
        placement = new ThreadPlacement(members);
        patience = new Patience(placement.IsActive);
        barriers = new TeamBarrier?[members + 1];
        workers = new Thread[members - 1];
        wake = new SemaphoreSlim[members - 1];
        parked = new int[members - 1];
        inside = new int[members];
        for (int i = 0; i < workers.Length; i++)
        {
            int index = i;
            wake[i] = new SemaphoreSlim(0);
            workers[i] = new Thread(() => Serve(index)) { IsBackground = true, Name = $"attune-{i + 1}" };
            workers[i].Start();
        }
    }

    /// <summary>Number of threads, the caller's included.</summary>
    public int Members { get; }

    /// <summary>Runs a job on all members and returns when all are done.</summary>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    public void Run(ITeamJob job) => Run(job, Members);

    /// <summary>
    /// Runs a job on some members, the caller among them, and returns when all of those are done; the others are left alone. Allocates once for each new
    /// number.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="members">How many, 1 to <see cref="Members"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many members.</exception>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    public void Run(ITeamJob job, int members)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(members, Members);
        if (members == 1)
        {
            // Nothing is shared: concurrent callers need not queue.
            RunAlone(job);
            return;
        }

        if (IsInsideJob())
        {
            using var passing = new ThreadTeam(Members, TimeSpan.Zero);
            passing.Run(job, members);
            return;
        }

        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            TeamLoad.Enter(members);
            RunHeld(job, members);
        }
    }

    /// <summary>
    /// Runs a job on all members if the team is free and every member finds a processor that no other job of this process uses; otherwise does nothing. What
    /// many callers share asks this way and runs alone when the answer is no: one thread for each call is then the fastest way to share the processors.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <returns>False when nothing was run.</returns>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    public bool TryRun(ITeamJob job)
    {
        // A lock that the same thread holds already would be entered again.
        if (IsInsideJob() || !gate.TryEnter())
        {
            return false;
        }

        try
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            if (!TeamLoad.TryEnter(Members))
            {
                return false;
            }

            RunHeld(job, Members);
            return true;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Runs a job on the caller's thread as its only member. Any number of callers may do so at the same time.</summary>
    /// <param name="job">The job.</param>
    public static void RunAlone(ITeamJob job)
    {
        TeamLoad.Enter(1);
        try
        {
            job.Run(0, Alone);
        }
        finally
        {
            TeamLoad.Leave(1);
        }
    }

    /// <summary>Stops the threads. Waits for a running job.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (stopping)
            {
                return;
            }

            stopping = true;
            Announce(Members);
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        foreach (SemaphoreSlim semaphore in wake)
        {
            semaphore.Dispose();
        }
    }

    // Callers hold the lock and have counted the members in.
    private void RunHeld(ITeamJob job, int members)
    {
        TeamBarrier barrier = barriers[members] ??= new TeamBarrier(members, patience);
        placement.Follow();
        this.job = job;
        failure = null;
        barrier.Reset();
        Volatile.Write(ref finished, 0);
        Announce(members);
        Share(0, barrier);
        for (int spins = 0; Volatile.Read(ref finished) < members - 1; spins++)
        {
            patience.Pause(spins);
        }

        this.job = null;
        TeamLoad.Leave(members);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    // Callers hold the lock.
    private void Announce(int members)
    {
        long number = (Volatile.Read(ref generation) / GenerationStep) + 1;
        Interlocked.Exchange(ref generation, (number * GenerationStep) + members);
        for (int i = 0; i < members - 1; i++)
        {
            if (Interlocked.Exchange(ref parked[i], 0) == 1)
            {
                wake[i].Release();
            }
        }
    }

    private void Serve(int index)
    {
        placement.Register(index);
        long seen = 0;
        while (true)
        {
            AwaitGeneration(index, seen);
            seen = Volatile.Read(ref generation);
            if (Volatile.Read(ref stopping))
            {
                return;
            }

            int members = (int)(seen % GenerationStep);
            if (index + 1 >= members)
            {
                continue;
            }

            Share(index + 1, barriers[members]!);
            Interlocked.Increment(ref finished);
        }
    }

    private void AwaitGeneration(int index, long seen)
    {
        long start = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref generation) == seen)
        {
            Thread.SpinWait(8);
            if (Stopwatch.GetElapsedTime(start) < spin)
            {
                continue;
            }

            // Announce before the last look: whoever starts a job after the look sees the announcement and wakes us.
            Interlocked.Exchange(ref parked[index], 1);
            if (Volatile.Read(ref generation) == seen || Interlocked.Exchange(ref parked[index], 0) == 0)
            {
                wake[index].Wait();
            }
        }
    }

    private bool IsInsideJob()
    {
        int thread = Environment.CurrentManagedThreadId;
        foreach (ref int member in inside.AsSpan())
        {
            if (Volatile.Read(ref member) == thread)
            {
                return true;
            }
        }

        return false;
    }

    private void Share(int member, TeamBarrier barrier)
    {
        Volatile.Write(ref inside[member], Environment.CurrentManagedThreadId);
        try
        {
            job!.Run(member, barrier);
        }
        catch (TeamBrokenException)
        {
            // The member that failed reports the cause.
            return;
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref failure, exception, null);
            barrier.Break();
        }
        finally
        {
            Volatile.Write(ref inside[member], 0);
        }
    }
}
