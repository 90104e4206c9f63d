using System.Runtime.InteropServices;
using Attune.Devices.Threads;

namespace Attune.Devices;

/// <summary>
/// A barrier for a few threads that arrive almost together: spins, and yields the processor only when the wait becomes long
/// (a member was descheduled, or there are more members than processors).
/// </summary>
public sealed class TeamBarrier
{
    private readonly int members;
    private readonly Patience patience;
    private State state;

    internal TeamBarrier(int members, Patience patience)
    {
        this.members = members;
        this.patience = patience;
    }

    /// <summary>
    /// True while other threads of this process are inside jobs beside a team, and together they outnumber the processors: members are likely to wait for one
    /// that is not running. Costs one read.
    /// </summary>
    /// <param name="team">Members of the team that asks.</param>
    public static bool IsCrowdedBeside(int team) => TeamLoad.IsCrowdedBeside(team);

    /// <summary>Waits until every member is here.</summary>
    /// <exception cref="TeamBrokenException">Another member failed and will never come.</exception>
    public void Wait()
    {
        if (members == 1)
        {
            return;
        }

        int generation = Volatile.Read(ref state.Generation);
        if (Interlocked.Increment(ref state.Arrived) == members)
        {
            Volatile.Write(ref state.Arrived, 0);
            Volatile.Write(ref state.Generation, generation + 1);
            return;
        }

        for (int spins = 0; Volatile.Read(ref state.Generation) == generation; spins++)
        {
            if (Volatile.Read(ref state.Broken) != 0)
            {
                throw new TeamBrokenException();
            }

            patience.Pause(spins);
        }
    }

    /// <summary>Releases everybody who waits or will wait, with an exception.</summary>
    internal void Break() => Volatile.Write(ref state.Broken, 1);

    internal void Reset()
    {
        Volatile.Write(ref state.Broken, 0);
        Volatile.Write(ref state.Arrived, 0);
    }

    // One cache line each: members spin on the generation while others write the count.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct State
    {
        [FieldOffset(64)]
        public int Arrived;

        [FieldOffset(128)]
        public int Generation;

        [FieldOffset(192)]
        public int Broken;
    }
}
