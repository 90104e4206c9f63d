namespace Attune.Devices;

/// <summary>How many members of all teams of the process are inside a job. Two models on two application threads have two teams, and together perhaps more members than processors.</summary>
internal static class TeamLoad
{
    private static readonly int Processors = Environment.ProcessorCount;
    private static int members;

    /// <summary>True while the members at work outnumber the processors.</summary>
    public static bool IsOversubscribed => Volatile.Read(ref members) > Processors;

    public static void Enter(int count) => Interlocked.Add(ref members, count);

    public static void Leave(int count) => Interlocked.Add(ref members, -count);
}
