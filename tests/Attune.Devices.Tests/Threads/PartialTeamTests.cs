using System.Collections.Concurrent;

namespace Attune.Devices.Tests.Threads;

public sealed class PartialTeamTests
{
    [Fact]
    public void Only_the_members_that_are_asked_for_work()
    {
        using var team = new ThreadTeam(4);
        for (int round = 0; round < 200; round++)
        {
            int members = 1 + (round * 7 % 4);
            var job = new Roll();
            team.Run(job, members);
            job.Members.Order().ShouldBe(Enumerable.Range(0, members));
        }
    }

    [Fact]
    public void Members_of_a_smaller_team_meet_at_their_own_barrier()
    {
        using var team = new ThreadTeam(4);
        foreach (int members in new[] { 3, 4, 2, 4, 3 })
        {
            var job = new Steps(members);
            team.Run(job, members);
            job.Torn.ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_number_of_members_that_there_is_not_is_refused(int members)
    {
        using var team = new ThreadTeam(2);
        Should.Throw<ArgumentOutOfRangeException>(() => team.Run(new Roll(), members));
    }

    private sealed class Roll : ITeamJob
    {
        public ConcurrentBag<int> Members { get; } = [];

        public void Run(int member, TeamBarrier barrier)
        {
            Members.Add(member);
            barrier.Wait();
        }
    }

    /// <summary>Every member adds one, meets the others, and then must see everybody's addition.</summary>
    private sealed class Steps(int members) : ITeamJob
    {
        private int count;
        private int torn;

        public int Torn => torn;

        public void Run(int member, TeamBarrier barrier)
        {
            for (int step = 1; step <= 50; step++)
            {
                Interlocked.Increment(ref count);
                barrier.Wait();
                if (Volatile.Read(ref count) != members * step)
                {
                    Interlocked.Increment(ref torn);
                }

                barrier.Wait();
            }
        }
    }
}
