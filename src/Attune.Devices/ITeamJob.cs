namespace Attune.Devices;

/// <summary>Work that all members of a <see cref="ThreadTeam"/> do together.</summary>
public interface ITeamJob
{
    /// <summary>Does one member's share. Members meet at the barrier; each must wait there equally often.</summary>
    /// <param name="member">Which member this is: 0 is the caller's own thread.</param>
    /// <param name="barrier">Where members meet.</param>
    void Run(int member, TeamBarrier barrier);
}
