using Attune.Kernels;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Tests.Plan;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class ArenaPlannerTests
{
    [Fact]
    public void Values_alive_together_never_overlap_and_others_share_memory()
    {
        var random = new Random(5);
        for (int round = 0; round < 50; round++)
        {
            List<Storage> storages = [.. Enumerable.Range(0, 40).Select(i =>
            {
                int first = random.Next(60);
                return new Storage(
                    $"v{i}", StorageKind.Plain, Shape.Of(random.Next(1, 5000)), 16) { Id = i, FirstStep = first, LastStep = first + random.Next(6) };
            })];
            long size = ArenaPlanner.Place(storages);
            foreach (Storage a in storages)
            {
                (a.Offset % 16).ShouldBe(0);
                (a.Offset + a.Floats).ShouldBeLessThanOrEqualTo(size);
                foreach (Storage b in storages.Where(b => b.Id > a.Id && b.FirstStep <= a.LastStep && a.FirstStep <= b.LastStep))
                {
                    (a.Offset + a.Floats <= b.Offset || b.Offset + b.Floats <= a.Offset).ShouldBeTrue($"{a} and {b} overlap");
                }
            }

            size.ShouldBeLessThan(storages.Sum(s => s.Floats));
        }
    }
}
