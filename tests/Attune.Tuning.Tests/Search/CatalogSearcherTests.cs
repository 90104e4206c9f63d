using Attune.Tuning.Search;

namespace Attune.Tuning.Tests.Search;

public sealed class AutoTvmRankSearcherTests() : CatalogSearcherContract("autotvm-rank");

public sealed class AutoTvmSearcherTests() : CatalogSearcherContract("autotvm");

public sealed class AutoSearcherTests() : CatalogSearcherContract("auto");

public sealed class BaoSearcherTests() : CatalogSearcherContract("bao");

public sealed class BtedSearcherTests() : CatalogSearcherContract("bted");

public sealed class BtedBaoSearcherTests() : CatalogSearcherContract("bted+bao");

public sealed class ChameleonSearcherTests() : CatalogSearcherContract("chameleon");

public sealed class DgpSearcherTests() : CatalogSearcherContract("dgp");

public sealed class GeneticSearcherTests() : CatalogSearcherContract("ga");

public sealed class RandomSearcherTests() : CatalogSearcherContract("random");

public sealed class RecallSearcherTests() : CatalogSearcherContract("recall");

public sealed class GridSearcherTests() : CatalogSearcherContract("grid")
{
    protected override bool DrawsLots => false;
}

public sealed class DropletSearcherTests() : CatalogSearcherContract("droplet")
{
    protected override bool DrawsLots => false;
}

public sealed class CatalogSearcherTests
{
    [Fact]
    public void Every_searcher_of_the_catalog_inherits_the_contract() =>
        typeof(CatalogSearcherTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(CatalogSearcherContract)))
            .Select(type => ((CatalogSearcherContract)Activator.CreateInstance(type)!).Name)
            .ShouldBe(SearcherCatalog.Names, ignoreOrder: true);
}
