namespace Attune.Devices.Threads;

/// <summary>
/// How many threads of the process are inside a job, members of teams and threads that do a job alone. Two models on two application threads have two teams,
/// and together perhaps more members than processors.
/// </summary>
internal static class TeamLoad
{
    private static readonly int Processors = Environment.ProcessorCount;
    private static int members;

    /// <summary>True while the members at work outnumber the processors.</summary>
    public static bool IsOversubscribed => Volatile.Read(ref members) > Processors;

    /// <summary>True while others are at work beside a team, and together they outnumber the processors.</summary>
    /// <param name="team">Members of the team, all at work.</param>
    public static bool IsCrowdedBeside(int team) => Volatile.Read(ref members) > Math.Max(Processors, team);

    /// <summary>
    /// Counts members in if all of them find an idle processor. A team larger than the machine finds that never: while nobody else is at work it is let in as
    /// well, if there is more than one processor to gain from.
    /// </summary>
    public static bool TryEnter(int count)
    {
        int present = Volatile.Read(ref members);
        while (present + count <= Processors || (present == 0 && Processors > 1))
        {
            int seen = Interlocked.CompareExchange(ref members, present + count, present);
            if (seen == present)
            {
                return true;
            }

            present = seen;
        }

        return false;
    }

    public static void Enter(int count) => Interlocked.Add(ref members, count);

    public static void Leave(int count) => Interlocked.Add(ref members, -count);
}
